module github.com/ordercove/ordercove/test/thirdparty

go 1.26
