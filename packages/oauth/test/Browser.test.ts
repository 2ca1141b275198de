import { expect, it } from "vitest"

import { browserCommand } from "../src/Browser.ts"

it.each([
  ["darwin", {}, "open"],
  ["win32", {}, "rundll32"],
  ["linux", { DISPLAY: ":0" }, "xdg-open"],
  ["linux", { WAYLAND_DISPLAY: "wayland-0" }, "xdg-open"],
  ["linux", { BROWSER: "firefox" }, "xdg-open"],
  ["linux", {}, undefined]
] as const)("on %s with %o a page is opened by %s", (platform, environment, command) => {
  expect(browserCommand(platform, environment)?.command).toBe(command)
})
