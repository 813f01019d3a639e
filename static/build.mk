# Included by the Makefile. The result is committed, so only someone who changes
# the vendored version or static/scss needs Node.
GOVUK_CSS := static/vendor/govuk-frontend-6.6.0.css
LEAFLET := static/vendor/leaflet-1.9.4

.PHONY: static
static: ## Compile govuk-frontend and copy Leaflet into static/vendor (needs Node 20+)
	npm ci --ignore-scripts --no-fund --no-audit
	npx sass --no-source-map --style=compressed --no-charset --load-path=node_modules \
	  static/scss/govuk.scss $(GOVUK_CSS)
	cp node_modules/leaflet/dist/leaflet.js $(LEAFLET).js
	cp node_modules/leaflet/dist/leaflet.css $(LEAFLET).css
	cp node_modules/leaflet/LICENSE $(LEAFLET).LICENSE.txt
	cd static/vendor && sha256sum *.css *.js > SHA256SUMS && cat SHA256SUMS
