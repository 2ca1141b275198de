import { spawn } from "node:child_process"

/** What opens a web page on this system; undefined where no browser could appear. */
export const browserCommand = (
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>
): { readonly command: string; readonly before: ReadonlyArray<string> } | undefined => {
  switch (platform) {
    case "darwin":
      return { command: "open", before: [] }
    case "win32":
      // `start` is cmd's own and would take every & of the address for the end of a command.
      return { command: "rundll32", before: ["url.dll,FileProtocolHandler"] }
    default: {
      const screen = environment["DISPLAY"] ?? environment["WAYLAND_DISPLAY"] ?? environment["BROWSER"] ?? ""
      return screen === "" ? undefined : { command: "xdg-open", before: [] }
    }
  }
}

/** Shows a page in the person's browser, or does nothing: the address stands in the terminal as well. */
export const openBrowser = (url: string): void => {
  const found = browserCommand(process.platform, process.env)
  if (found === undefined) return
  const child = spawn(found.command, [...found.before, url], { stdio: "ignore", detached: true })
  child.on("error", () => {})
  child.unref()
}
