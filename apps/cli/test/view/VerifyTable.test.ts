import type { VerifyResult } from "@mailferry/core/Verify.ts"
import { expect, it } from "vitest"

import { plain } from "../../src/view/Paint.ts"
import { verifyTable } from "../../src/view/VerifyTable.ts"

const agreed: VerifyResult = {
  ok: true,
  checked: 1030,
  missing: 0,
  doubled: 0,
  altered: 0,
  foreign: 0,
  notMigrated: 0,
  quarantined: 1,
  readBack: 52,
  comparison: "octets",
  differences: []
}

it("a verification without differences says what was compared", () => {
  expect(verifyTable(agreed, "--job job.yaml", plain)).toMatchInlineSnapshot(`
    "Verified: source, ledger and destination agree.
    1,030 placements checked; 52 messages read back and compared octet for octet.
    1 message set aside: named by \`mailferry status --job job.yaml\`."
  `)
})

it("each difference is a row with its kind, and the next step fits what was found", () => {
  const differing: VerifyResult = {
    ...agreed,
    ok: false,
    missing: 1,
    altered: 1,
    differences: [
      {
        kind: "missing",
        mailbox: ["Work", "2019"],
        key: "k1",
        messageId: "<a@b>",
        detail: "the destination no longer has it"
      },
      {
        kind: "altered",
        mailbox: ["INBOX"],
        key: "k2",
        messageId: undefined,
        detail: "size 1200 instead of 1210"
      }
    ]
  }
  expect(verifyTable(differing, "--job job.yaml", plain)).toMatchInlineSnapshot(`
    "Not verified: source, ledger and destination disagree.
    1,030 placements checked; 52 messages read back and compared octet for octet.
    1 missing: recorded as carried over, and not there.
    1 altered: there, but not as it was written.
    1 message set aside: named by \`mailferry status --job job.yaml\`.

    Kind     Mailbox    Message  Detail
    missing  Work/2019  <a@b>    the destination no longer has it
    altered  INBOX      k2       size 1200 instead of 1210

    next: What is missing had arrived and was moved or removed there since: look for it there, its Trash included."
  `)
})

it("mail that somebody else put there points to --allow-foreign", () => {
  const foreign: VerifyResult = {
    ...agreed,
    ok: false,
    foreign: 1,
    differences: [{ kind: "foreign", mailbox: ["INBOX"], key: "", messageId: "<x@y>", detail: "not ours" }]
  }
  expect(verifyTable(foreign, "--job job.yaml", plain)).toContain("`--allow-foreign` leaves it out")
})

it("no octets are claimed to be the same where the destination keeps none", () => {
  const said = verifyTable({ ...agreed, comparison: "content" }, "--job job.yaml", plain)
  expect(said).toContain("52 messages read back and compared in text and files")
  expect(said).not.toContain("octet for octet")
})
