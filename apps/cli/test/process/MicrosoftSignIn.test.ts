import { existsSync, readFileSync } from "node:fs"

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"

import { ConsentBrowser, type LastPage, type Visit, withoutBrowser } from "../support/ConsentBrowser.ts"
import type { Ended } from "../support/Mailferry.ts"
import { MicrosoftStage } from "../support/MicrosoftStage.ts"

let stage: MicrosoftStage
beforeEach(async () => {
  stage = await MicrosoftStage.open({ appOnlyMailboxes: ["you@example.com"], deviceCodeInterval: 1 })
})
afterEach(() => stage.close())

const secretsOf = (): ReadonlyArray<string> => {
  const { refresh_token: token } = JSON.parse(readFileSync(stage.kept, "utf8")) as Readonly<
    Record<string, string>
  >
  return [token ?? ""]
}

describe.skipIf(withoutBrowser)(
  "signing in to Microsoft with a real browser (skipped where no Chromium is installed, but never in CI)",
  () => {
    let browser: ConsentBrowser
    beforeAll(async () => {
      browser = await ConsentBrowser.open()
    })
    afterAll(() => browser.close())

    const signIn = async (visit: Visit): Promise<Ended & { readonly page: LastPage }> => {
      const login = stage.login()
      const page = await browser.visit(await stage.page(login), visit)
      return { ...(await login.ended), page }
    }

    it("Accept brings the person back to a page that says so, and the rest of the words work", async () => {
      const { code, page, stdout } = await signIn({ press: "Accept" })
      expect(code).toBe(0)
      expect(stdout).toBe(`Signed in as you@example.com. The credentials are in ${stage.kept}.\n`)
      expect(page.title).toBe("You can close this window")
      expect(page.text).toContain("mailferry may now bring mail to you@example.com.")
      expect(page.loaded.every((url) => /^http:\/\/(?:127\.0\.0\.1|localhost):/u.test(url))).toBe(true)

      const status = await stage.auth(["status", "--json"]).ended
      expect(status.code).toBe(0)
      expect(JSON.parse(status.stdout)).toMatchObject({
        ok: true,
        account: "you@example.com",
        credentials: stage.kept
      })

      const logout = await stage.auth(["logout"]).ended
      expect(logout.code).toBe(0)
      expect(logout.stdout).toContain("https://myapps.microsoft.com")
      expect(existsSync(stage.kept)).toBe(false)

      const after = await stage.auth(["status"]).ended
      expect(after.code).toBe(5)
      expect(after.stderr).toContain("Sign in first: mailferry auth login o365 --user you@example.com")
    })

    it("leaves no secret on the screen or in any file but the one", async () => {
      const { stderr, stdout } = await signIn({ press: "Accept" })
      const status = await stage.auth(["status"]).ended
      const elsewhere = [stdout, stderr, status.stdout, status.stderr, stage.files([stage.kept])].join("\n")
      for (const secret of secretsOf()) {
        expect(secret.length).toBeGreaterThan(10)
        expect(elsewhere).not.toContain(secret)
      }
      // How access tokens of Microsoft begin, and a code in an address.
      expect(elsewhere).not.toMatch(/eyJ[\w-]{10}|[?&]code=/u)
    })

    it.each([
      ["Cancel", { press: "Cancel" }, "Access was not given", "access was not given on Microsoft's page"],
      [
        "the wrong account",
        { press: "Accept", account: "else@example.com" },
        "else@example.com",
        "these credentials are for else@example.com, and mail is to go to you@example.com"
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
        expect(stderr).toContain("mailferry auth login o365 --user you@example.com")
        expect(stdout).toBe("")
        expect(existsSync(stage.kept)).toBe(false)
      }
    )

    it("the way back from an administrator's page leaves the address for one, exit 5", async () => {
      stage.server.requireAdminConsent()
      const { code, stderr } = await signIn({ press: "Return to the application" })
      expect(code).toBe(5)
      expect(stderr).toContain("only an administrator may agree to this application")
      expect(stderr).toContain(`${stage.server.url}/organizations/v2.0/adminconsent?client_id=`)
    })

    it("a code is typed in in another browser", async () => {
      const login = stage.login("--device")
      const [page, code] = await stage.code(login)
      expect(await browser.typeCode(page, code)).toContain("You have signed in")
      const { code: exit, stderr, stdout } = await login.ended
      expect(exit).toBe(0)
      for (const secret of secretsOf()) expect(stdout + stderr).not.toContain(secret)
    })
  }
)

describe("letting an application in by its certificate, the real process", () => {
  it("is tried at once, kept, shown, and forgotten again", async () => {
    const client = await stage.application()
    const login = await stage.auth(["login", "--client", client]).ended
    expect(login.code).toBe(0)
    const status = await stage.auth(["status"]).ended
    expect(status.code).toBe(0)
    expect(status.stdout).toContain("application with a certificate")
    const logout = await stage.auth(["logout"]).ended
    expect(logout.stdout).toContain("was left where it is")
    expect(existsSync(stage.kept)).toBe(false)
  })

  it("shows an administrator what to type, and which mailboxes are still closed, exit 5", async () => {
    const key = await stage.application()
    const flags = ["--key", key, "--user", "you@example.com", "--user", "else@example.com"]
    const { code, stderr, stdout } = await stage.auth(["delegation", ...flags]).ended
    expect(code).toBe(5)
    expect(stdout).toContain("New-ManagementRoleAssignment")
    expect(stdout).toMatch(/^ {2}FAIL {2}open the inbox/mu)
    expect(stderr).toContain("RBAC for Applications")
    expect(stdout + stderr).not.toContain("PRIVATE KEY")
  })
})
