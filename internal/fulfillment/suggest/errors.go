package suggest

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	ErrNoPrompt = errs.Define(errs.NotFound, "suggest.prompt_not_found",
		"没有这条追加提示，或已处理", "There is no such prompt, or it was answered")
	ErrBadAnswer = errs.Define(errs.Invalid, "suggest.bad_answer",
		"只能选择追加（append）或分开发（apart）", "The answer is append or apart")
	ErrTooMany = errs.Define(errs.Invalid, "suggest.too_many",
		"一次最多合并 {max} 组", "At most {max} groups at a time")
	ErrNone = errs.Define(errs.Invalid, "suggest.nothing_to_merge",
		"没有可以合并的发货单", "There is nothing to merge")
	ErrLeft = errs.Define(errs.Conflict, "suggest.already_left",
		"原发货单已有部分发出，不能再追加", "Part of the former parcel has left; nothing can be added to it")
	// ErrWaits is why a suggestion is left for later.
	ErrWaits = errs.Define(errs.Conflict, "suggest.waits",
		"还在等该收件人的后续订单", "Further orders of this receiver are waited for")
)
