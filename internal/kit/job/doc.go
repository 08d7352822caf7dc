// Package job runs durable work: imports, exports, bulk actions, effects,
// housekeeping. A job is enqueued in the transaction that wants it, runs later
// with the rights of whoever asked, and survives a crash at any point.
//
// Owns: job_job, job_row, job_due. Does not own: what a job does; its kind's
// Handler belongs to the capability that registers it.
//
// Invariants: a job exists if and only if its transaction committed; at most one
// worker holds a job, and one that lost its lease cannot commit anything more in
// the job's name; what Advance commits (the handler's work, the checkpoint, the
// counts, the rows) commits together, so a crash repeats nothing and skips
// nothing; jobs of one group run one at a time.
//
// States: waiting → running → succeeded | failed | cancelled; running → waiting
// when an attempt fails and more are left; failed → waiting by retry.
//
// Read next: job.go (types, reads), enqueue.go, work.go (claim, back-off),
// run.go (what a handler sees), periodic.go, retry.go.
package job
