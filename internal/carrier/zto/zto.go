// Package zto speaks to ZTO Express (中通) through its open platform, with the waybill
// account of a branch.
package zto

import "github.com/ordercove/ordercove/internal/logistics"

// Manifest declares the carrier.
var Manifest = logistics.Manifest{
	Code: "ZTO", BaseURL: "https://japi.zto.com", TestURL: "https://japi-test.zto.com", CustomURL: true,
	Credentials:  credentials,
	Products:     []logistics.Product{{Code: "standard", NameZH: "中通标快", NameEN: "Standard"}},
	Capabilities: []logistics.Capability{logistics.CanRoute, logistics.CanBalance},
	MaxPieces:    1, AtOnce: 6,
	Open: open,
}

const (
	appKey    = "app_key"
	appSecret = "app_secret"
	accountID = "account_id"
	password  = "account_password"
)

var credentials = []logistics.Credential{
	{Name: appKey, NameZH: "appKey", NameEN: "App key", HelpZH: "中通开放平台应用的 appKey。", HelpEN: "The app key of the application on the open platform."},
	{Name: appSecret, NameZH: "appSecret", NameEN: "App secret", HelpZH: "与 appKey 成对的密钥。", HelpEN: "The secret that goes with the app key.", Secret: true},
	{Name: accountID, NameZH: "电子面单账号", NameEN: "Waybill account", HelpZH: "网点开通的电子面单账号（KDGJ 开头）。", HelpEN: "The waybill account the branch opened (begins with KDGJ)."},
	{Name: password, NameZH: "电子面单密码", NameEN: "Account password", HelpZH: "电子面单账号的密码。", HelpEN: "The password of the waybill account.", Secret: true},
}
