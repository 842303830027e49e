// crosspost speaks https alone. This sends what goes to the server it is told of to a simulator on loopback instead, without
// TLS, as the other side of the comparison goes there too.
const fetched = globalThis.fetch;
const { MASTODON_HOST: host, LOOPBACK: address } = process.env;
globalThis.fetch = (url, options) => fetched(String(url).replace(`https://${host}`, `http://${address}`), options);
