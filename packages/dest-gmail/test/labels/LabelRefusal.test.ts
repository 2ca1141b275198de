import { describe, expect, it } from "vitest"

import { labelRefusal, missingLabelId } from "../../src/labels/LabelRefusal.ts"

describe("Google's answer to labels.create", () => {
  it.each([
    [409, "Label name exists or conflicts", "exists"],
    [400, "Label name exists or conflicts", "exists"],
    [409, "Conflict", "exists"],
    [400, "Invalid label name", "name"],
    [400, "Invalid label name: Enviado", "name"],
    [400, "Label color #123456 is not on the allowed color palette", "colour"],
    [400, "Invalid label color", "colour"],
    [400, "Maximum number of labels exceeded", "full"],
    [400, "Labels limit exceeded", "full"]
  ])("%i %s is about the label: %s", (status, message, why) => {
    expect(labelRefusal({ status, message })).toEqual({ _tag: "LabelRefused", why, detail: message })
  })

  it.each([
    [400, "Bad Request"],
    [400, "Precondition check failed."],
    [401, "Invalid Credentials"],
    [403, "Label name quota exceeded"],
    [429, "Too many concurrent requests for user"],
    [500, "Backend Error"]
  ])("%i %s is about something else", (status, message) => {
    expect(labelRefusal({ status, message })).toBeUndefined()
  })

  it.each([
    ["Invalid label: Label_12", "Label_12"],
    ["Invalid label: Label_5263971234", "Label_5263971234"],
    ["Invalid label: SENT", undefined],
    ["Invalid label name", undefined]
  ])("%s names the label that is gone: %s", (message, id) => {
    expect(missingLabelId(message)).toBe(id)
  })
})
