import { execFileSync } from "node:child_process"

import { assert, it } from "@effect/vitest"

/** Asks another process, since this one may have loaded anything; by a hook, since msal is no CommonJS. */
const loadedBy = (...modules: ReadonlyArray<string>): ReadonlyArray<string> => {
  const code = `
    import { registerHooks } from "node:module"
    const loaded = []
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
    for (const module of ${JSON.stringify(modules.map((module) => new URL(module, import.meta.url).href))}) await import(module)
    process.stdout.write(JSON.stringify(loaded))`
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", code], {
    cwd: new URL("../..", import.meta.url),
    encoding: "utf8"
  })
  return JSON.parse(printed)
}

it("neither msal nor a keychain's code is loaded before a token is asked for", () => {
  const loaded = loadedBy("../../src/O365Adapter.ts", "../../src/auth/MicrosoftSignIn.ts")
  assert.isAbove(loaded.length, 50)
  assert.deepStrictEqual(
    loaded.filter((url) => /msal|keyring/u.test(url)),
    []
  )
  const library = loadedBy("../../node_modules/@azure/msal-node/dist/index.mjs")
  assert.isTrue(
    library.some((url) => url.includes("msal-common")),
    "this test would see it"
  )
})
