package agent

// onlyMine trusts the folder's access list, which Windows makes for its owner.
func onlyMine(string) error { return nil }
