package reveal

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrSealed = errs.Define(errs.Conflict, "reveal.sealed", "收件信息由平台加密，无法在这里查看明文，请到平台后台查看", "The channel ciphers this receiver and nothing here can open it; look in the channel's back office")
	ErrEmpty  = errs.Define(errs.Conflict, "reveal.empty", "平台没有给出明文（可能已超过可解密期限），请到平台后台查看", "The channel gave no plain text (perhaps its time for that is over); look in the channel's back office")
)
