package audit

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	// ErrSigner: the merchant's signing key is gone or does not open.
	ErrSigner = errs.Define(errs.Internal, "audit.signer_lost", "操作日志的签名密钥无法使用", "The signing key of the audit log cannot be used")
	// ErrNothing: there is no entry to sign for yet.
	ErrNothing = errs.Define(errs.Conflict, "audit.empty", "还没有可签名的操作日志", "There is no audit entry to sign for yet")
	// ErrFilter: the object to look for is not written as kind/id.
	ErrFilter = errs.Define(errs.Invalid, "audit.bad_object", "对象格式应为 类型/编号，例如 order/123", "An object is written as kind/id, like order/123")
)
