// Package setting keeps what a merchant has decided for itself (设置), and the
// views of lists that its people saved (保存的视图).
//
// Owns: setting_value, setting_view; the kinds of value and their checks.
// Does not own: what a setting means: each capability brings its own definitions
// and reads them; the filter inside a saved view, which is the page's.
//
// Invariants: a setting has a value of its kind at all times, the default until
// somebody saves another; only defined names are stored; a view belongs to one
// user and is seen by others only through a role it is shared with; a view's
// filter is sealed, since it may name a buyer.
//
// Read next: setting.go, view.go.
package setting
