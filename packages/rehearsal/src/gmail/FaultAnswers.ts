import { ApiError } from "./ApiError.ts"

export const tooManyConcurrent = (): ApiError =>
  new ApiError({ code: 429, message: "Too many concurrent requests for user", reason: "rateLimitExceeded" })

export const userRateLimit = (): ApiError =>
  new ApiError({
    code: 403,
    message: "User Rate Limit Exceeded",
    reason: "userRateLimitExceeded",
    domain: "usageLimits"
  })

export const resourceExhausted = (): ApiError =>
  new ApiError({
    code: 429,
    message: "Resource has been exhausted (e.g. check quota).",
    reason: "rateLimitExceeded"
  })

export const backendError = (): ApiError =>
  new ApiError({ code: 500, message: "Backend Error", reason: "backendError" })

/** The one without an explanation. */
export const bareBadRequest = (): ApiError =>
  new ApiError({ code: 400, message: "Bad Request", reason: "badRequest", status: "INVALID_ARGUMENT" })

export const dailyLimit = (): ApiError =>
  new ApiError({
    code: 403,
    message: "Daily Limit Exceeded",
    reason: "dailyLimitExceeded",
    domain: "usageLimits"
  })

export const disabledApi = (project: string): ApiError => {
  const page = `https://console.developers.google.com/apis/api/gmail.googleapis.com/overview?project=${project}`
  return new ApiError({
    code: 403,
    message: `Gmail API has not been used in project ${project} before or it is disabled. Enable it by visiting ${page} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`,
    reason: "accessNotConfigured",
    domain: "usageLimits",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "SERVICE_DISABLED",
        domain: "googleapis.com",
        metadata: { service: "gmail.googleapis.com", consumer: `projects/${project}` }
      }
    ]
  })
}

export const domainPolicy = (): ApiError =>
  new ApiError({
    code: 403,
    message: "The domain administrators have disabled Gmail apps.",
    reason: "domainPolicy"
  })

/** What Google's front ends answer when nobody behind them does. */
export const html503 = `<!DOCTYPE html>
<html lang=en>
  <meta charset=utf-8>
  <title>Error 503 (Service Unavailable)!!1</title>
  <p><b>503.</b> <ins>That’s an error.</ins>
  <p>The service you requested is not available at this time.  <ins>That’s all we know.</ins>
`

export const html404 = (path: string): string => `<!DOCTYPE html>
<html lang=en>
  <meta charset=utf-8>
  <title>Error 404 (Not Found)!!1</title>
  <p><b>404.</b> <ins>That’s an error.</ins>
  <p>The requested URL <code>${path.replaceAll(/[<>&"]/gu, "")}</code> was not found on this server.  <ins>That’s all we know.</ins>
`
