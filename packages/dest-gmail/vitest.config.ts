import { configDefaults, defineConfig, mergeConfig } from "vitest/config"

import shared from "../../vitest.shared.ts"

/** The suite on a live account is collected only where somebody names one: see test/live/README.md. */
const isLive = process.env["MAILFERRY_LIVE_GMAIL"] !== undefined

export default mergeConfig(
  shared,
  defineConfig({ test: { exclude: [...configDefaults.exclude, ...(isLive ? [] : ["test/live/**"])] } })
)
