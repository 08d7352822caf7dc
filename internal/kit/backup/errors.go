package backup

import "github.com/ordercove/ordercove/internal/kit/errs"

// What is wrong with the file.
var (
	// ErrDamaged: a byte was changed, the end is missing, or it never was a backup.
	ErrDamaged = errs.Define(errs.Invalid, "backup.damaged", "备份文件已损坏、不完整，或不是备份文件；没有恢复任何数据", "The backup file is damaged, cut off or no backup at all; nothing was restored")
	// ErrKey: the file was written for another passphrase or recipient.
	ErrKey = errs.Define(errs.Invalid, "backup.wrong_key", "口令或私钥打不开这个备份文件", "This passphrase or identity does not open the backup file")
	// ErrNewer: a newer version of the product wrote the file.
	ErrNewer = errs.Define(errs.Invalid, "backup.newer", "备份来自更新的版本（{version}），请先升级程序", "The backup comes from a newer version ({version}); upgrade the program first")
)

// What is wrong with the place it shall go to, or come from.
var (
	ErrTarget      = errs.Define(errs.Conflict, "backup.target_not_empty", "目标不是空的：{what}；恢复只写入空的位置", "The target is not empty: {what}; a restore only fills an empty place")
	ErrEngine      = errs.Define(errs.Conflict, "backup.other_engine", "备份来自 {engine} 数据库，目标数据库类型不同", "The backup was made on {engine}; the target is another engine")
	ErrMasterKey   = errs.Define(errs.Conflict, "backup.other_master_key", "目标位置的主密钥与备份中的不同", "The target has another master key than the backup")
	ErrNoMasterKey = errs.Define(errs.Conflict, "backup.no_master_key", "备份中没有主密钥（由外部保管），请同时提供主密钥", "The backup holds no master key, because it was kept elsewhere; give it as well")
	ErrNothing     = errs.Define(errs.Conflict, "backup.nothing_there", "这里没有可备份的数据：{what}", "There is nothing to back up: {what}")
)
