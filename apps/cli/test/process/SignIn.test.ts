import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { GmailStage } from "../support/GmailStage.ts"
import { start } from "../support/Mailferry.ts"

let stage: GmailStage
beforeEach(async () => {
  stage = await GmailStage.open()
})
afterEach(() => stage.close())

/** Presses Allow on the consent page as a browser without scripts would; gives the address it is sent back to. */
const allowed = async (page: string): Promise<string> => {
  const html = await (await fetch(page)).text()
  const fields = [...html.matchAll(/<input type="(\w+)" name="(\w+)" value="([^"]*)"( checked)?/gu)]
  const form = new URLSearchParams({ action: "allow" })
  for (const [, type, name = "", value = "", checked] of fields) {
    if (type === "hidden" || checked !== undefined) form.append(name, value)
  }
  const answer = await fetch(new URL("/o/oauth2/v2/auth/consent", page), {
    method: "POST",
    body: form,
    redirect: "manual"
  })
  return answer.headers.get("location") ?? ""
}

describe("signing in from the terminal, the real process", () => {
  it("takes the address from standard input where the browser is elsewhere, and asks again for anything else", async () => {
    const login = stage.auth(["login", "--client", stage.client, "--no-browser"], { stdin: "pipe" })
    const address = await allowed(await stage.page(login))
    login.child.stdin?.write("yes\n")
    await login.says("That is not the address.")
    login.child.stdin?.write(`${address}\n`)
    const { code, stderr, stdout } = await login.ended
    expect(code).toBe(0)
    expect(stdout).toContain("Signed in as you@gmail.com.")
    expect(stdout + stderr).not.toContain(new URL(address).searchParams.get("code"))
  })

  it("shows the address with --quiet too, or nobody could go on", async () => {
    const login = stage.login("--quiet")
    await fetch(await allowed(await stage.page(login)))
    expect((await login.ended).code).toBe(0)
  })

  it("waits for nobody once it is interrupted: exit 130, and the port is closed", async () => {
    const login = stage.login()
    const redirect = new URL(await stage.page(login)).searchParams.get("redirect_uri") ?? ""
    login.child.kill("SIGINT")
    expect((await login.ended).code).toBe(130)
    await expect(fetch(redirect)).rejects.toThrow()
    expect(existsSync(stage.kept)).toBe(false)
  })

  it.skipIf(process.platform !== "linux")(
    "opens the person's browser on the consent page (run on Linux, where the command can be another)",
    async () => {
      const bin = join(stage.home, "bin")
      const opened = join(stage.home, "opened")
      mkdirSync(bin)
      writeFileSync(
        join(bin, "xdg-open"),
        `#!/bin/sh\nprintf '%s' "$1" > ${opened}.new && mv ${opened}.new ${opened}\n`
      )
      chmodSync(join(bin, "xdg-open"), 0o755)
      const login = stage.auth(["login", "--client", stage.client], {
        environment: { DISPLAY: ":0", PATH: `${bin}:${process.env["PATH"] ?? ""}` }
      })
      const page = await stage.page(login)
      await expect.poll(() => existsSync(opened)).toBe(true)
      expect(readFileSync(opened, "utf8")).toBe(page)
      await fetch(await allowed(page))
      expect((await login.ended).code).toBe(0)
    }
  )

  it.skipIf(process.platform !== "linux")(
    "keeps them in a file of the owner's where there is no keychain, and says so (run on Linux, where there may be none)",
    async () => {
      stage.writeJob("keychain")
      const before = await stage.auth(["status"]).ended
      expect(before.stderr).toContain("and this session has no keychain to look into")
      const login = stage.login()
      await fetch(await allowed(await stage.page(login)))
      const { code, stderr, stdout } = await login.ended
      expect(code).toBe(0)
      const directory = join(stage.home, ".config", "mailferry", "credentials")
      const file = join(directory, "gmail_you@gmail.com.json")
      expect(stdout).toContain(`The credentials are in ${file}.`)
      expect(stderr).toMatch(
        /This computer has no keychain \(.+\), so they are in a file that only you can read\./u
      )
      expect((statSync(file).mode & 0o777).toString(8)).toBe("600")
      expect((statSync(directory).mode & 0o777).toString(8)).toBe("700")
      const status = await stage.auth(["status", "--json"]).ended
      expect(JSON.parse(status.stdout)).toMatchObject({ ok: true, credentials: file })
    }
  )
})

describe("asked for the state of a sign-in, the real process", () => {
  it("shows each thing it tried, and a revoked one is exit 5 with the likely cause", async () => {
    writeFileSync(stage.kept, JSON.stringify(stage.server.authorizedUser()), { mode: 0o600 })
    const good = await stage.auth(["status"]).ended
    expect(good.code).toBe(0)
    expect(good.stdout.match(/^ {2}ok {4}/gmu)?.length).toBe(6)
    stage.server.revoke()
    const { code, stderr, stdout } = await stage.auth(["status"]).ended
    expect(code).toBe(5)
    expect(stdout).toMatch(
      /^ {2}FAIL {2}get an access token {2}invalid_grant: Token has been expired or revoked\.$/mu
    )
    expect(stderr).toMatch(/next: Likely causes: the app is in "Testing", where tokens die after 7 days/u)
  })

  it("opens the job's secrets: an access token in the environment is used as it is", async () => {
    writeFileSync(
      stage.job,
      readFileSync(stage.job, "utf8").replace('  credentials: "file:kept/gmail.json"', "  token: env:TOKEN")
    )
    const environment = { TOKEN: stage.server.token, BRIDGE_PASSWORD: "not-needed" }
    const { code, stdout } = await stage.auth(["status"], { environment }).ended
    expect(code).toBe(0)
    expect(stdout).toContain("an access token, which cannot be renewed")
    expect(stdout).not.toContain(stage.server.token)
  })

  it("says when the service cannot be reached, exit 6", async () => {
    writeFileSync(stage.kept, JSON.stringify(stage.server.authorizedUser()), { mode: 0o600 })
    await stage.server.stop()
    const { code, stderr } = await stage.auth(["status"]).ended
    expect(code).toBe(6)
    expect(stderr).toContain("The destination cannot be reached.")
  })
})

describe("signing out, the real process", () => {
  it("removes the file even when the service does not answer, and says what a person has to do, exit 6", async () => {
    writeFileSync(stage.kept, JSON.stringify(stage.server.authorizedUser()), { mode: 0o600 })
    await stage.server.stop()
    const { code, stderr, stdout } = await stage.auth(["logout"]).ended
    expect(code).toBe(6)
    expect(stdout).toContain(`The credentials were removed from ${stage.kept}.`)
    expect(stderr).toContain("myaccount.google.com")
    expect(existsSync(stage.kept)).toBe(false)
  })
})

describe("an administrator's delegation, the real process", () => {
  const delegation = (...flags: ReadonlyArray<string>) => {
    const key = join(stage.home, "key.json")
    writeFileSync(key, JSON.stringify(stage.server.serviceAccount()), { mode: 0o600 })
    return stage.auth(["delegation", "--key", key, ...flags]).ended
  }

  it("shows the console's page and each right of each user, exit 0 when all are there", async () => {
    const { code, stdout } = await delegation("--user", "you@gmail.com", "--user", "else@gmail.com")
    expect(code).toBe(0)
    expect(stdout).toContain("https://admin.google.com/ac/owl/domainwidedelegation?clientScopeToAdd=")
    expect(stdout.match(/^ {2}ok {4}/gmu)?.length).toBe(6)
    expect(stdout).not.toContain("PRIVATE KEY")
  })

  it("names a user who is not there, exit 5", async () => {
    const { code, stdout } = await delegation("--user", "nobody@gmail.com", "--json")
    expect(code).toBe(5)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      checks: [{ user: "nobody@gmail.com", ok: false }, {}]
    })
  })
})

describe("a command line that cannot be right", () => {
  it.each([
    ["no account", ["auth", "login", "gmail"], "neither --user nor --job is given"],
    ["an unknown kind", ["auth", "login", "moon", "--user", "a@b"], "moon"],
    ["no address", ["auth", "login", "gmail", "--user", "me"], "gmail.user: expected an e-mail address"],
    ["no client the first time", ["auth", "login", "gmail", "--user", "a@example.com"], "--client FILE"],
    ["delegation for nobody", ["auth", "delegation", "gmail", "--key", "key.json"], "--user"],
    [
      "a place that is none",
      ["auth", "status", "gmail", "--user", "a@example.com", "--credentials", "here"],
      "gmail.credentials"
    ]
  ])("%s is exit 2, with nothing on stdout", async (_, words, hint) => {
    const { code, stderr, stdout } = await start(stage.home, words).ended
    expect([code, stdout]).toEqual([2, ""])
    expect(stderr).toContain(hint)
  })

  it("an account named twice is exit 2", async () => {
    const { code, stderr } = await stage.auth(["login", "--user", "you@gmail.com"]).ended
    expect(code).toBe(2)
    expect(stderr).toContain("The account is named twice.")
  })

  it("a job that is about another kind of account is exit 2", async () => {
    writeFileSync(
      stage.job,
      'source: { kind: proton-bridge, user: you, password: "env:A" }\ndestination: { kind: imap, host: h, user: u, password: "env:B" }\n'
    )
    const { code, stderr } = await stage.auth(["status"]).ended
    expect(code).toBe(2)
    expect(stderr).toContain('neither end of the job is of kind "gmail"')
  })

  it("a client for web pages is exit 2, and its secret is not repeated", async () => {
    writeFileSync(stage.client, '{"web":{"client_id":"x","client_secret":"hunter2secret"}}')
    const { code, stderr } = await stage.login().ended
    expect(code).toBe(2)
    expect(stderr).toContain('describes a "Web application"')
    expect(stderr).not.toContain("hunter2secret")
  })
})
