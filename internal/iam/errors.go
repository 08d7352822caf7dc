package iam

import "github.com/ordercove/ordercove/internal/kit/errs"

var (
	// ErrBadLogin covers unknown merchants, unknown users, wrong passwords and
	// switched-off users alike, so that nobody can probe for names.
	ErrBadLogin = errs.Define(errs.Unauthorized, "iam.bad_login", "商家代码、用户名或密码不正确", "Merchant code, user name or password is not right")
	// ErrTOTPRequired asks for the second factor; the password was right.
	ErrTOTPRequired = errs.Define(errs.Unauthorized, "iam.totp_required", "请输入动态验证码", "Enter the code from your authenticator app")
	// ErrBadTOTP: wrong, expired or already used.
	ErrBadTOTP = errs.Define(errs.Unauthorized, "iam.bad_totp", "动态验证码不正确或已使用", "The authenticator code is wrong or was already used")
	// ErrVouch covers unknown names, wrong passwords and codes, and people without the right alike.
	// It is no 401: the person at the screen stays signed in.
	ErrVouch = errs.Define(errs.Invalid, "iam.vouch_refused", "签字未通过：用户名、密码或动态验证码不正确，或没有这项权限", "Not signed: the user name, password or code is not right, or the person lacks the permission")
	// ErrVouchTOTP asks for the second factor of who signs.
	ErrVouchTOTP = errs.Define(errs.Invalid, "iam.vouch_totp", "请输入签字人的动态验证码", "Enter the authenticator code of the person who signs")
	// ErrTOTPState: enrolment is not in the state the call needs.
	ErrTOTPState = errs.Define(errs.Conflict, "iam.totp_state", "动态验证码的状态不允许此操作", "The authenticator is not in a state that allows this")
	// ErrTooManyAttempts carries retry_after_seconds.
	ErrTooManyAttempts = errs.Define(errs.TooMany, "iam.too_many_attempts", "尝试次数过多，请在 {retry_after_seconds} 秒后重试", "Too many attempts; try again in {retry_after_seconds} seconds")
	// ErrSessionEnded: expired, idle for too long, revoked, or never there.
	ErrSessionEnded = errs.Define(errs.Unauthorized, "iam.session_ended", "登录已失效，请重新登录", "Your session has ended; please sign in again")
	// ErrBadKey: unknown, expired or revoked API key.
	ErrBadKey = errs.Define(errs.Unauthorized, "iam.bad_api_key", "API 密钥无效或已过期", "The API key is not valid or has expired")
	// ErrSetupToken: unknown, used or expired.
	ErrSetupToken = errs.Define(errs.Forbidden, "iam.bad_setup_token", "初始化令牌无效、已使用或已过期", "The setup token is wrong, was used or has expired")
	// ErrCodeTaken: another merchant has this code.
	ErrCodeTaken = errs.Define(errs.Conflict, "iam.merchant_code_taken", "商家代码已被使用", "This merchant code is taken")
	// ErrNameTaken: another user of the merchant has this user name.
	ErrNameTaken = errs.Define(errs.Conflict, "iam.user_name_taken", "用户名已存在", "This user name is taken")
	// ErrRoleTaken: another role has this code.
	ErrRoleTaken = errs.Define(errs.Conflict, "iam.role_code_taken", "角色代码已存在", "This role code is taken")

	ErrUserNotFound    = errs.Define(errs.NotFound, "iam.user_not_found", "找不到该用户", "There is no such user")
	ErrRoleNotFound    = errs.Define(errs.NotFound, "iam.role_not_found", "找不到该角色", "There is no such role")
	ErrKeyNotFound     = errs.Define(errs.NotFound, "iam.api_key_not_found", "找不到该 API 密钥", "There is no such API key")
	ErrSessionNotFound = errs.Define(errs.NotFound, "iam.session_not_found", "找不到该登录会话", "There is no such session")

	// ErrChanged: somebody else saved first.
	ErrChanged = errs.Define(errs.Conflict, "iam.changed", "内容已被他人修改，请刷新后重试", "Somebody else changed this; reload and try again")
	// ErrLastOwner keeps a merchant from locking itself out.
	ErrLastOwner = errs.Define(errs.Conflict, "iam.last_owner", "至少要保留一位启用的店长", "At least one active owner must remain")
	// ErrBeyondOwn: nobody gives, or governs, more than he holds.
	ErrBeyondOwn = errs.Define(errs.Forbidden, "iam.beyond_own_rights", "不能授予或管理超出自己权限的内容：{what}", "This goes beyond your own rights: {what}")
	// ErrBuiltIn: built-in roles follow the published matrix.
	ErrBuiltIn = errs.Define(errs.Conflict, "iam.role_built_in", "内置角色不能修改或删除，请复制为自定义角色", "Built-in roles cannot be changed or deleted; copy them to a role of your own")
	// ErrRoleInUse: somebody still has the role.
	ErrRoleInUse = errs.Define(errs.Conflict, "iam.role_in_use", "仍有用户使用该角色", "Somebody still has this role")
	// ErrNotAPerson: an API key has no password, no sessions and no second factor.
	ErrNotAPerson = errs.Define(errs.Forbidden, "iam.not_a_person", "此操作需要以用户身份登录", "Sign in as a person to do this")

	ErrPasswordShort  = errs.Define(errs.Invalid, "iam.password_short", "密码至少需要 {min} 个字符", "The password needs at least {min} characters")
	ErrPasswordLong   = errs.Define(errs.Invalid, "iam.password_long", "密码最多 {max} 个字符", "The password may have at most {max} characters")
	ErrPasswordCommon = errs.Define(errs.Invalid, "iam.password_common", "密码过于常见或容易猜到，请换一个", "This password is too common or easy to guess; choose another")
	ErrPasswordNames  = errs.Define(errs.Invalid, "iam.password_has_name", "密码不能包含用户名或商家代码", "The password must not contain the user name or the merchant code")
	ErrPasswordMix    = errs.Define(errs.Invalid, "iam.password_mix", "密码需要包含大写字母、小写字母、数字、符号中的至少三种", "The password needs three of: capital letter, small letter, digit, symbol")
	ErrPasswordSame   = errs.Define(errs.Invalid, "iam.password_same", "新密码不能与旧密码相同", "The new password must differ from the old one")
	ErrOldPassword    = errs.Define(errs.Invalid, "iam.wrong_password", "当前密码不正确", "The current password is not right")

	ErrUserName     = errs.Define(errs.Invalid, "iam.bad_user_name", "用户名为 2–40 个字符，可用字母、数字、中文和 . _ - @", "A user name has 2 to 40 letters, digits, or . _ - @")
	ErrDisplayName  = errs.Define(errs.Invalid, "iam.bad_display_name", "姓名为 1–60 个字符", "A name has 1 to 60 characters")
	ErrMerchantCode = errs.Define(errs.Invalid, "iam.bad_merchant_code", "商家代码为 2–32 个小写字母、数字或连字符", "A merchant code has 2 to 32 small letters, digits or hyphens")
	ErrRoleCode     = errs.Define(errs.Invalid, "iam.bad_role_code", "角色代码为 2–40 个小写字母、数字或下划线", "A role code has 2 to 40 small letters, digits or underscores")
	ErrLang         = errs.Define(errs.Invalid, "iam.bad_lang", "语言只支持 zh-CN 和 en-US", "The language is zh-CN or en-US")
	ErrPermission   = errs.Define(errs.Invalid, "iam.unknown_permission", "未知权限：{permission}", "Unknown permission: {permission}")
	ErrNoRole       = errs.Define(errs.Invalid, "iam.no_role", "请至少选择一个角色", "Choose at least one role")
	ErrLimit        = errs.Define(errs.Invalid, "iam.bad_refund_limit", "退款额度不能为负数", "The refund limit must not be negative")
	ErrExpiry       = errs.Define(errs.Invalid, "iam.bad_expiry", "有效期须在当前时间之后、两年以内", "The expiry must lie in the future, at most two years away")
	ErrTooMany      = errs.Define(errs.Invalid, "iam.too_many_items", "数量超出上限 {max}", "There are more than {max}")
)
