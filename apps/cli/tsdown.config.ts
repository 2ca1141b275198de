import { defineConfig } from "tsdown"

export default defineConfig({
  entry: ["src/Main.ts"],
  format: "esm",
  platform: "node",
  target: "node24.11",
  minify: true,
  dts: false,
  deps: { alwaysBundle: [/.*/] }
})
