# The commands a newcomer needs. What they do in detail stands in scripts/.

TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: help demo test check bench hammer fuzz mutants lexicon

help: ## show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: ## play the story (CHECK=1 judge it and end, DB=postgres, DOOR=forge, KEEP=DIR keep its files, PORT=N)
	cargo build --workspace --bins --locked
	$(if $(CHECK),,$(if $(filter forge,$(DOOR)),npm --prefix forge/ui ci --ignore-scripts && npm --prefix forge/ui run build))
	$(TARGET)/debug/countersign-demo $(if $(CHECK),--check) $(if $(KEEP),--keep '$(KEEP)') $(if $(DB),--database '$(DB)') $(if $(DOOR),--door '$(DOOR)')

test: ## run all tests and print the totals
	@scripts/test-all

check: ## format, lints, documentation, dependencies, house rules
	@scripts/check

bench: ## measure, each figure beside a peer or a limit (needs sqlite3; a ledger of 1 million entries is made once)
	cargo build --package bench --package app --release --locked
	$(TARGET)/release/countersign-bench --kept $(TARGET)/bench

hammer: ## kill, stop, fill up, lose replies, and look for what was lost (N=20 kills, DB=sqlite|postgres|both, SEED=, FOR=seconds)
	cargo build --package hammer --locked $(if $(WITHOUT_HEAD_LOCK),--features no-head-lock)
	$(TARGET)/debug/countersign-hammer $(if $(N),--kills '$(N)') $(if $(DB),--database '$(DB)') $(if $(SEED),--seed '$(SEED)') \
		$(if $(FOR),--for '$(FOR)') $(if $(WITHOUT_HEAD_LOCK),--without-head-lock)

fuzz: ## look for bytes that break a parser's rules (SECONDS=600 for each target, JOBS=1; see fuzz/README.md)
	@scripts/fuzz $(or $(SECONDS),600)

mutants: ## break the ledger's and the check's code in each small way, and list what no test notices (hours)
	@scripts/mutants

lexicon: ## fit the weights of catalog/lexicon.yaml to the labelled tickets once more (a minute, when built)
	cargo build --package fitting --release --locked
	$(TARGET)/release/countersign-fit --version $(or $(VERSION),$(shell sed -n 's/^version: //p' catalog/lexicon.yaml)) \
		--out catalog/lexicon.yaml catalog/evaluation/fitting.jsonl catalog/evaluation/examples.jsonl catalog/evaluation/tuning.jsonl
