package pull_test

import (
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/job"
)

// freshJobs is an empty queue: each life of the process registers its kinds anew.
func freshJobs(k *kit.Kit) *job.Queue {
	return job.NewQueue(k.DB, k.IDs, k.Clock, k.Log, "test")
}
