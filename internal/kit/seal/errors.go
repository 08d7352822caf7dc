package seal

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	// ErrNoKeys: the merchant has no keys, so it does not exist or was created wrongly.
	ErrNoKeys = errs.Define(errs.Internal, "seal.no_keys", "该商家没有加密密钥", "This merchant has no encryption keys")
	// ErrMasterKey: the master key is absent, unreadable or not the one that wrapped the keys.
	ErrMasterKey = errs.Define(errs.Internal, "seal.master_key", "主密钥不可用或与数据不匹配，请恢复原来的主密钥", "The master key is missing or does not fit this data; restore the original one")
	// ErrOpen: the sealed value was altered, or belongs to another place or merchant.
	ErrOpen = errs.Define(errs.Internal, "seal.cannot_open", "密文无法打开，数据可能被改动", "A sealed value cannot be opened; it may have been altered")
)
