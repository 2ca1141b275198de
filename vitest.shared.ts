import { defineConfig } from "vitest/config"

/** Every package tests alike; under CI each leaves its counts where `.ci/run` adds them up. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters:
      process.env["CI"] === undefined
        ? ["default"]
        : ["default", ["json", { outputFile: ".vitest/result.json" }]]
  }
})
