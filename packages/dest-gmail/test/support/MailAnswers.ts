import { mailbox, message, transient, type Row } from "./AnswerRow.ts"

/** The table of section 1: what is wrong with a message. */
export const messages: ReadonlyArray<Row> = [
  {
    name: "Invalid From header",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid From header" },
    means: message("malformed")
  },
  {
    name: "Expected a single From",
    failure: { status: 400, reason: "invalidArgument", text: "Expected a single 'From' header" },
    means: message("malformed")
  },
  {
    name: "Invalid to header",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid to header" },
    means: message("malformed")
  },
  {
    name: "a blocked attachment",
    failure: {
      status: 400,
      reason: "invalidArgument",
      text: "Invalid attachment. Please check https://support.google.com/mail/answer/6590."
    },
    means: message("policy")
  },
  {
    name: "a blocked attachment, formerly",
    failure: { status: 400, text: "BadAttachment badfile_checker:EXE_FILE_FOUND" },
    means: message("policy")
  },
  {
    name: "Invalid label: SENT",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid label: SENT" },
    means: mailbox("name", { mailbox: ["Sent"], instead: ["Proton", "Sent"] })
  },
  {
    name: "Invalid label: SENT on modify",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid label: SENT" },
    operation: "copy",
    means: mailbox("name", { mailbox: ["Sent"], instead: ["Proton", "Sent"] })
  },
  {
    name: "a label that was deleted meanwhile",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid label: Label_12" },
    means: mailbox("missing")
  },
  {
    name: "a label that was deleted meanwhile, on listing",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid label: Label_12" },
    operation: "list",
    means: mailbox("missing")
  },
  {
    name: "a label name of another kind",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid label name" },
    operation: "ensureMailbox",
    means: mailbox("name")
  },
  {
    name: "a bare Bad Request",
    failure: { status: 400, text: "Bad Request" },
    means: transient("no", { atMost: 2, alone: true })
  },
  {
    name: "an invalid argument that is not named",
    failure: { status: 400, reason: "invalidArgument", text: "Request contains an invalid argument." },
    means: transient("no", { atMost: 2, alone: true })
  },
  {
    name: "400 as a page",
    failure: {
      status: 400,
      isPage: true,
      text: "Error 400 (Bad Request)!!1 Your client has issued a request"
    },
    means: transient("no", { atMost: 2, alone: true })
  },
  {
    name: "a bare 400 on a label",
    failure: { status: 400, text: "Bad Request" },
    operation: "ensureMailbox",
    means: mailbox("name")
  },
  {
    name: "a bare 400 on a listing",
    failure: { status: 400, text: "Bad Request" },
    operation: "list",
    means: transient("no", { atMost: 2 })
  },
  {
    name: "Precondition check failed",
    failure: { status: 400, reason: "failedPrecondition", text: "Precondition check failed." },
    means: transient("no", { atMost: 5 })
  },
  {
    name: "no message in the request",
    failure: {
      status: 400,
      text: "'raw' RFC822 payload message string or uploading message via /upload/* URL required"
    },
    means: message("malformed")
  },
  {
    name: "413",
    failure: { status: 413, isPage: true, text: "Request Entity Too Large" },
    means: message("too-large")
  },
  {
    name: "a payload over the limit",
    failure: { status: 400, text: "Request payload size exceeds the limit: 1048576 bytes." },
    means: message("too-large")
  },
  {
    name: "another 400",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid MIME structure" },
    means: message("malformed")
  },
  {
    name: "404 on a message",
    failure: { status: 404, reason: "notFound", text: "Requested entity was not found." },
    operation: "fetch",
    means: message("gone")
  },
  {
    name: "404 on a message to be labelled",
    failure: { status: 404, reason: "notFound", text: "Requested entity was not found." },
    operation: "copy",
    means: message("gone")
  },
  {
    name: "an id that is none",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid id value" },
    operation: "fetch",
    means: message("gone")
  },
  {
    name: "404 on a message that is on its way",
    failure: { status: 404, reason: "notFound", text: "Not Found" },
    means: transient("no", { atMost: 5 })
  },
  {
    name: "410 on an upload session",
    failure: { status: 410, reason: "gone", text: "Gone" },
    means: transient("no", { atMost: 5 })
  },
  {
    name: "404 on a listing",
    failure: { status: 404, reason: "notFound", text: "Requested entity was not found." },
    operation: "list",
    means: mailbox("missing")
  },
  {
    name: "409 on a message",
    failure: { status: 409, reason: "aborted", text: "The operation was aborted." },
    means: transient("no", { atMost: 5 })
  },
  {
    name: "an answer no table knows, to a message",
    failure: { status: 418, text: "teapot" },
    means: message("unclassified")
  },
  {
    name: "an answer no table knows, to a look",
    failure: { status: 418, text: "teapot" },
    operation: "describe",
    means: message("unreadable")
  },
  {
    name: "an answer no table knows, to a name",
    failure: { status: 418, text: "teapot" },
    operation: "ensureMailbox",
    means: mailbox("name")
  },
  {
    name: "an answer no table knows, to the first question",
    failure: { status: 418, text: "teapot" },
    operation: "connect",
    means: { _tag: "Fatal" }
  }
]
