import { execFileSync } from "node:child_process"

import { assert, it } from "@effect/vitest"

/** Asks another process, since this one may have loaded anything. */
const loadedBy = (module: string): ReadonlyArray<string> => {
  const code = `
    import { createRequire } from "node:module"
    await import(${JSON.stringify(new URL(module, import.meta.url).href)})
    process.stdout.write(JSON.stringify(Object.keys(createRequire(import.meta.url).cache)))`
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", code], {
    cwd: new URL("..", import.meta.url),
    encoding: "utf8"
  })
  return JSON.parse(printed)
}

it("Microsoft's client is not loaded before somebody connects", () => {
  for (const module of ["../src/O365Adapter.ts", "../src/graph/GraphWire.ts", "../src/O365Preflight.ts"]) {
    const heavy = loadedBy(module).filter((file) =>
      /microsoft-graph-client|msal|keyring|imapflow/u.test(file)
    )
    assert.deepStrictEqual(heavy, [])
  }
  const library = loadedBy("../node_modules/@microsoft/microsoft-graph-client/lib/src/index.js")
  assert.isTrue(
    library.some((file) => file.includes("microsoft-graph-client")),
    "this test would see it"
  )
})
