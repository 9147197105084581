// A certified OpenID Connect provider that knows nothing of us: `node provider.mjs PORT CALLBACK`.
// Whoever signs in there may give any name; the name is the subject.
import { Provider } from "oidc-provider";

const [port, callback] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: "hoc-vu-so",
    client_secret: "between-us",
    redirect_uris: [callback],
    response_types: ["code"],
    grant_types: ["authorization_code"],
  }],
  claims: { openid: ["sub"], profile: ["name"] },
  findAccount: (context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: "Nguyễn Thị Lan" }),
  }),
  pkce: { required: () => true, methods: ["S256"] },
  cookies: { keys: ["only for tests"] },
});
provider.listen(Number(port), "127.0.0.1", () => console.log(`provider at ${issuer}`));
