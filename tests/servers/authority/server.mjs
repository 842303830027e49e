// An OAuth 2.0 authorization server written by others, `oidc-provider`, set to what X documents of its own: paths, scopes,
// how an app proves itself, PKCE for everybody, refresh tokens that are good for one use. Whoever uses one twice ends the
// login (RFC 9700, section 4.14.2). Beside it, `users/me` answers whoever brings a token that is still good.
//
// It listens on a loopback port of its own choice, which is the first thing it prints, and keeps everything in memory. What has
// happened so far stands at `/told`; whoever asks for `/lose` makes it give the next token without an answer. It is read from stdin, so that its packages can lie elsewhere than this file.
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

const { CLIENT_ID, CLIENT_SECRET, PUBLIC_CLIENT_ID, REDIRECT, ACCESS_SECONDS } = process.env
const DAY = 24 * 60 * 60
const told = []
let losing = false

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const address = `http://127.0.0.1:${server.address().port}`
  server.on('request', authority(address).callback())
  console.log(address)
})

function authority(address) {
  // X compares the whole redirect address, port and all: so are those of web apps compared here.
  const app = {
    application_type: 'web',
    redirect_uris: [REDIRECT],
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
  }
  const provider = new Provider(address, {
    clients: [
      { ...app, client_id: CLIENT_ID, client_secret: CLIENT_SECRET, token_endpoint_auth_method: 'client_secret_basic' },
      { ...app, client_id: PUBLIC_CLIENT_ID, token_endpoint_auth_method: 'none' },
    ],
    routes: { authorization: '/i/oauth2/authorize', token: '/2/oauth2/token', revocation: '/2/oauth2/revoke' },
    scopes: ['tweet.read', 'tweet.write', 'users.read', 'media.write', 'offline.access'],
    pkce: { required: () => true },
    // A scope of X's own decides about refresh tokens; they outlive the browser.
    issueRefreshToken: (_ctx, _client, code) => code.scopes.has('offline.access'),
    expiresWithSession: () => false,
    rotateRefreshToken: true,
    // Whichever token is taken back, the whole login is.
    revokeGrantPolicy: () => true,
    ttl: {
      AuthorizationCode: 30,
      AccessToken: Number(ACCESS_SECONDS),
      RefreshToken: 180 * DAY,
      Grant: 180 * DAY,
      Session: DAY,
      Interaction: DAY,
    },
    cookies: { keys: ['for tests alone'] },
    features: { devInteractions: { enabled: true }, revocation: { enabled: true } },
  })
  provider.use(async (ctx, next) => {
    if (ctx.path === '/told') ctx.body = told
    else if (ctx.path === '/lose') ctx.body = losing = true
    else if (ctx.path === '/2/oauth2/token' && losing) await lose(ctx, next)
    else if (ctx.path === '/2/users/me') await whoAmI(provider, ctx)
    else await next()
  })
  listen(provider)
  return provider
}

async function lose(ctx, next) {
  losing = false
  await next()
  ctx.respond = false
  ctx.req.socket.destroy()
}

async function whoAmI(provider, ctx) {
  const bearer = /^Bearer (\S+)$/.exec(ctx.get('authorization'))?.[1]
  const token = bearer && (await provider.AccessToken.find(bearer))
  const good = token?.scopes.has('users.read') && (await provider.Grant.find(token.grantId))
  ctx.status = good ? 200 : 401
  ctx.body = good
    ? { data: { id: '2244994945', name: 'Acme', username: token.accountId } }
    : { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' }
}

function listen(provider) {
  const hear = (name, event, more = () => ({})) =>
    provider.on(name, (ctx, ...rest) => {
      const { grant_type, code_verifier } = ctx.oidc?.params ?? {}
      told.push({ event, route: ctx.oidc?.route, grant_type, code_verifier, ...more(...rest) })
    })
  const why = (error) => ({ why: error.error_detail ?? error.error_description ?? error.stack })
  hear('grant.success', 'granted')
  hear('grant.revoked', 'revoked')
  for (const place of ['authorization', 'grant', 'revocation']) hear(`${place}.error`, 'refused', why)
  hear('server_error', 'broken', why)
}
