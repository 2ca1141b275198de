import * as Layer from "effect/Layer"

import { make, Screen, type ScreenOptions } from "../../src/view/Screen.ts"

/** A screen that keeps what is written to it. */
export class ScreenRecorder {
  stdout = ""
  stderr = ""
  readonly screen: Screen["Service"]

  constructor(
    options: Partial<ScreenOptions> = {},
    terminal: { readonly isTTY?: boolean; readonly environment?: Readonly<Record<string, string>> } = {}
  ) {
    const { environment = {}, isTTY = false } = terminal
    const stream = (keep: (text: string) => void) => ({
      isTTY,
      columns: 80,
      write: (text: string, done: () => void) => {
        keep(text)
        done()
      }
    })
    this.screen = make(
      { quiet: false, noColor: false, ...options },
      {
        stdout: stream((text) => (this.stdout += text)),
        stderr: stream((text) => (this.stderr += text)),
        environment
      }
    )
  }

  get layer(): Layer.Layer<Screen> {
    return Layer.succeed(Screen, this.screen)
  }
}
