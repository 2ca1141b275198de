import { existsSync, readFileSync } from "node:fs"

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"

import { ConsentBrowser, type LastPage, type Visit, withoutBrowser } from "../support/ConsentBrowser.ts"
import { GmailStage } from "../support/GmailStage.ts"
import type { Ended } from "../support/Mailferry.ts"

describe.skipIf(withoutBrowser)(
  "signing in with a real browser (skipped where no Chromium is installed, but never in CI)",
  () => {
    let browser: ConsentBrowser
    let stage: GmailStage
    beforeAll(async () => {
      browser = await ConsentBrowser.open()
    })
    afterAll(() => browser.close())
    beforeEach(async () => {
      stage = await GmailStage.open()
    })
    afterEach(() => stage.close())

    const signIn = async (visit: Visit): Promise<Ended & { readonly page: LastPage }> => {
      const login = stage.login()
      const page = await browser.visit(await stage.page(login), visit)
      return { ...(await login.ended), page }
    }

    it("Allow brings the person back to a page that says so, and the rest of the words work", async () => {
      const { code, page, stdout } = await signIn({ press: "Allow" })
      expect(code).toBe(0)
      expect(stdout).toBe(`Signed in as you@gmail.com. The credentials are in ${stage.kept}.\n`)
      expect(page.title).toBe("You can close this window")
      expect(page.text).toContain("mailferry may now bring mail to you@gmail.com.")
      expect(page.loaded.every((url) => url.startsWith("http://127.0.0.1:"))).toBe(true)

      const status = await stage.auth(["status", "--json"]).ended
      expect(status.code).toBe(0)
      expect(JSON.parse(status.stdout)).toMatchObject({
        ok: true,
        account: "you@gmail.com",
        credentials: stage.kept
      })

      const logout = await stage.auth(["logout"]).ended
      expect(logout.code).toBe(0)
      expect(logout.stdout).toContain("Google has ended mailferry's access to you@gmail.com.")
      expect(existsSync(stage.kept)).toBe(false)

      const after = await stage.auth(["status"]).ended
      expect(after.code).toBe(5)
      expect(after.stderr).toContain("Sign in first: mailferry auth login gmail --user you@gmail.com")
    })

    it("leaves no secret on the screen or in any file but the one", async () => {
      const { stderr, stdout } = await signIn({ press: "Allow" })
      const status = await stage.auth(["status"]).ended
      const { client_secret: clientSecret, refresh_token: refreshToken } = JSON.parse(
        readFileSync(stage.kept, "utf8")
      ) as Readonly<Record<string, string>>
      const elsewhere = [
        stdout,
        stderr,
        status.stdout,
        status.stderr,
        stage.files([stage.kept, stage.client])
      ].join("\n")
      for (const secret of [clientSecret, refreshToken]) {
        expect(secret?.length).toBeGreaterThan(10)
        expect(elsewhere).not.toContain(secret)
      }
      // How access tokens of Google begin, and a code in an address.
      expect(elsewhere).not.toMatch(/ya29\.|[?&]code=/u)
    })

    it.each([
      ["Cancel", { press: "Cancel" }, "Access was not given", "access was not given on Google's page"],
      [
        "an unticked box",
        { press: "Allow", untick: ["See and edit your email labels"] },
        "not granted: gmail.labels",
        'not granted: gmail.labels ("See and edit your email labels")'
      ],
      [
        "the wrong account",
        { press: "Allow", account: "else@gmail.com" },
        "else@gmail.com signed in",
        "else@gmail.com signed in, and mail is to go to you@gmail.com"
      ]
    ] as const)(
      "%s is told in the browser and in the terminal, keeps nothing, exit 5",
      async (_, visit, shown, said) => {
        const { code, page, stderr, stdout } = await signIn(visit)
        expect(code).toBe(5)
        expect(page.title).toBe("Not signed in")
        expect(page.text).toContain(shown)
        expect(stderr).toContain("The destination does not let us in.")
        expect(stderr).toContain(said)
        expect(stderr).toContain("mailferry auth login gmail --user you@gmail.com")
        expect(stdout).toBe("")
        expect(existsSync(stage.kept)).toBe(false)
      }
    )
  }
)
