# Included by the Makefile. The result is committed, so only someone who changes
# the vendored version or static/scss needs Node.
GOVUK_CSS := static/vendor/govuk-frontend-6.6.0.css

.PHONY: static
static: ## Compile govuk-frontend with Linli's settings into static/vendor (needs Node 20+)
	npm ci --ignore-scripts --no-fund --no-audit
	npx sass --no-source-map --style=compressed --no-charset --load-path=node_modules \
	  static/scss/govuk.scss $(GOVUK_CSS)
	cd static/vendor && sha256sum *.css > SHA256SUMS && cat SHA256SUMS
