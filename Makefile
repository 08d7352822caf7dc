# Every target is a script that also runs without make.

.PHONY: run test build gen bench nightly quick clean

run: ## build and start at http://127.0.0.1:8787
	./run

test: ## provision and run everything
	./check

quick: ## the minute before a commit
	./check format arch unit

build: ## bin/ordercove with the user interface inside
	scripts/build

gen: ## api/openapi.json, web/src/api/schema.d.ts, lists under docs/
	scripts/gen

bench: ## ours beside the raw engines
	scripts/bench

nightly: ## race detector, fuzzing, long property tests, browser tests on a slow line
	scripts/nightly

clean:
	rm -rf bin web/node_modules test/e2e/node_modules
	find web/dist -mindepth 1 -not -name .keep -delete
