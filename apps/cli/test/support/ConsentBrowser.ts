import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"

import { type Browser, chromium, type Page } from "playwright-core"

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]

/** Where a Chromium is that was installed for people: none is downloaded for tests. */
const chromiumPath = (): string | undefined =>
  [
    ...(process.env["PATH"] ?? "")
      .split(delimiter)
      .flatMap((directory) => names.map((name) => join(directory, name))),
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
  ].find((path) => existsSync(path))

/** Why the tests that need a browser cannot run here. CI must have one, so there it is no reason to skip. */
export const withoutBrowser = chromiumPath() === undefined && process.env["CI"] === undefined

/** What a person does on the consent page. */
export interface Visit {
  /** The account, when it is not the one that is proposed. */
  readonly account?: string
  /** Words beside the boxes that are unticked. */
  readonly untick?: ReadonlyArray<string>
  /** The button's words. */
  readonly press: string
}

/** The page a sign-in ended on. */
export interface LastPage {
  readonly title: string
  readonly text: string
  /** Every address that was loaded on the way. */
  readonly loaded: ReadonlyArray<string>
}

/** A real Chromium without a window. */
export class ConsentBrowser {
  readonly #browser: Browser

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  static async open(): Promise<ConsentBrowser> {
    const executablePath = chromiumPath()
    if (executablePath === undefined) {
      throw new Error(
        "There is no Chromium for the sign-in tests: apt-get install --no-install-recommends chromium"
      )
    }
    // Chromium's sandbox refuses root, as which CI runs; the pages are our own.
    return new ConsentBrowser(await chromium.launch({ executablePath, args: ["--no-sandbox"] }))
  }

  close(): Promise<void> {
    return this.#browser.close()
  }

  /** Types the code of a device in and agrees; the words of the last page. */
  async typeCode(url: string, code: string): Promise<string> {
    const page: Page = await this.#browser.newPage()
    try {
      await page.goto(url)
      await page.getByLabel("Code").fill(code)
      await page.getByRole("button", { name: "Next" }).click()
      await page.getByRole("button", { name: "Accept" }).click()
      return await page.locator("body").innerText()
    } finally {
      await page.close()
    }
  }

  async visit(url: string, { account, press, untick = [] }: Visit): Promise<LastPage> {
    const page: Page = await this.#browser.newPage()
    const loaded: Array<string> = []
    page.on("request", (request) => loaded.push(request.url()))
    try {
      await page.goto(url)
      if (account !== undefined) await page.getByLabel(account).check()
      for (const words of untick) await page.getByLabel(words).uncheck()
      await page.getByRole("button", { name: press }).click()
      await page.waitForURL(/^http:\/\/(?:127\.0\.0\.1|localhost):\d+\/\?/u)
      return { title: await page.title(), text: await page.locator("body").innerText(), loaded }
    } finally {
      await page.close()
    }
  }
}
