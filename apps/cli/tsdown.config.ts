import { defineConfig } from "tsdown"

export default defineConfig({
  entry: ["src/Main.ts"],
  format: "esm",
  platform: "node",
  target: "node24.11",
  minify: true,
  dts: false,
  // Native code cannot be bundled; where it is missing, credentials are kept in a file.
  deps: { alwaysBundle: [/^(?!@napi-rs\/keyring).*/], neverBundle: ["@napi-rs/keyring"] }
})
