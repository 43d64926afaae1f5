// An OpenID provider for tests (npm's oidc-provider) on a free port of loopback: node provider.mjs CALLBACK LOGGED_OUT
// Whoever logs in has an account; GET /claims?sub=…&name=…&groups=a+b says what is told of him from then on.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [callback, loggedOut] = process.argv.slice(2);

const told = new Map();

function account(context, sub) {
  return { accountId: sub, claims: async () => ({ sub, ...told.get(sub) }) };
}

function tell(url) {
  const { sub, name, groups } = Object.fromEntries(url.searchParams);
  told.set(sub, { preferred_username: name, name: `ผู้ใช้ ${name}`, email: `${name}@example.org`, email_verified: true, groups: groups ? groups.split(' ') : [] });
}

const client = {
  client_secret: 'a secret of the tests', redirect_uris: [callback], post_logout_redirect_uris: [loggedOut],
  grant_types: ['authorization_code'], response_types: ['code'],
};

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(url, {
    clients: [{ client_id: 'ruam', ...client }, { client_id: 'hasty', ...client }],
    findAccount: account,
    claims: { openid: ['sub'], profile: ['preferred_username', 'name', 'groups'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false, // the claims stand in the id token
    pkce: { required: () => true },
    cookies: { keys: ['of the tests'] },
    ttl: { AuthorizationCode: (_context, _token, { clientId }) => (clientId === 'hasty' ? 1 : 60), AccessToken: 60, IdToken: 60, Interaction: 60, Session: 60, Grant: 60 },
    features: { rpInitiatedLogout: { enabled: true } },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    const asked = new URL(request.url, url);
    if (asked.pathname !== '/claims') return answer(request, response);
    tell(asked);
    return response.end();
  });
  process.stdout.write(`provider at ${url}\n`);
});
