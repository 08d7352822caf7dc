package job

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	// ErrNotFound: no such job of this merchant.
	ErrNotFound = errs.Define(errs.NotFound, "job.not_found", "任务不存在", "The job does not exist")
	// ErrFinished: the job has ended, so it cannot be cancelled.
	ErrFinished = errs.Define(errs.Conflict, "job.finished", "任务已结束", "The job has already ended")
	// ErrNotRetryable: nothing failed, or this kind of job cannot repeat single rows.
	ErrNotRetryable = errs.Define(errs.Conflict, "job.not_retryable", "该任务没有可重试的失败行", "This job has no failed rows that can be retried")
	// ErrNotUndoable: the job runs, its kind cannot be taken back, or nothing is left to take back.
	ErrNotUndoable = errs.Define(errs.Conflict, "job.not_undoable", "该任务没有可撤销的内容", "There is nothing in this job that can be undone")
	// ErrCancelled is what a handler gets once somebody cancelled its job.
	ErrCancelled = errs.Define(errs.Conflict, "job.cancelled", "任务已取消", "The job was cancelled")
	// ErrLost: another worker took the job over; this one must stop.
	ErrLost = errs.Define(errs.Unavailable, "job.lost", "任务已由其他进程接管", "Another process took the job over")
	// ErrUnknownKind: this version has no handler for the job.
	ErrUnknownKind = errs.Define(errs.Internal, "job.unknown_kind", "当前版本无法执行该任务", "This version cannot run this job")
	// ErrInternal stands in a job for an error that has no code; the log has it.
	ErrInternal = errs.Define(errs.Internal, "job.internal", "任务执行出错，请查看系统日志", "The job failed; the system log has the details")
	// ErrCrashed: the process ended again and again while running this job.
	ErrCrashed = errs.Define(errs.Internal, "job.crashed", "任务多次中断，已停止重试", "The job was interrupted too often and is no longer retried")
)
