/** One entry of `errors` in Google's error body. */
interface ErrorEntry {
  readonly message: string
  readonly domain: string
  readonly reason: string
  readonly location?: string
  readonly locationType?: string
}

interface ErrorParts {
  readonly code: number
  readonly message: string
  readonly reason: string
  /** `global` unless said; `usageLimits` for quotas. */
  readonly domain?: string
  readonly status?: string
  /** The message of the entry in `errors`, where it is another than the outer one. */
  readonly entry?: Partial<ErrorEntry>
  readonly details?: ReadonlyArray<object>
  readonly headers?: Readonly<Record<string, string>>
}

const statuses: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ABORTED",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE"
}

/** A refusal in the shape all Google APIs give it: `{"error":{code,message,errors:[{message,domain,reason}],status}}`. */
export class ApiError extends Error {
  readonly code: number
  readonly reason: string
  readonly headers: Readonly<Record<string, string>>
  private readonly parts: ErrorParts

  constructor(parts: ErrorParts) {
    super(parts.message)
    this.code = parts.code
    this.reason = parts.reason
    this.headers = parts.headers ?? {}
    this.parts = parts
  }

  get body(): object {
    const { code, message, domain = "global", reason, details, entry } = this.parts
    const status = this.parts.status ?? statuses[code]
    return {
      error: {
        code,
        message,
        errors: [{ message, domain, reason, ...entry }],
        ...(status === undefined ? {} : { status }),
        ...(details === undefined ? {} : { details })
      }
    }
  }
}

/** 400 invalidArgument: what Gmail answers to nearly every wrong value. */
export const invalidArgument = (message: string): ApiError =>
  new ApiError({ code: 400, message, reason: "invalidArgument" })

/** 400 badRequest: what the upload front end answers, which stands before Gmail and knows no `status`. */
export const badUpload = (message: string): ApiError =>
  new ApiError({ code: 400, message, reason: "badRequest", status: "INVALID_ARGUMENT" })

export const failedPrecondition = (message = "Precondition check failed."): ApiError =>
  new ApiError({ code: 400, message, reason: "failedPrecondition", status: "FAILED_PRECONDITION" })

export const notFound = (): ApiError =>
  new ApiError({ code: 404, message: "Requested entity was not found.", reason: "notFound" })

/** 413, with the limit in the words Google's front end uses. `limit` in bytes. */
export const tooLarge = (limit: number): ApiError =>
  new ApiError({
    code: 413,
    message: `Request payload size exceeds the limit: ${limit} bytes.`,
    reason: "uploadTooLarge",
    status: "INVALID_ARGUMENT"
  })

/** What the real Gmail has and this one has not. Said plainly, so that nobody takes it for an answer of Google's. */
export const notRehearsed = (what: string): ApiError =>
  new ApiError({ code: 501, message: `The rehearsal Gmail has no ${what}.`, reason: "notImplemented" })
