// Bluesky's own server (PDS) and the directory that it registers accounts with, which keeps them in memory: both in one process,
// each on a loopback port of its own choice. It prints the directory's address, and then the server's.
//
// Its data lies in FOLDER. By its own account it is at https://pds.test, as if something that knows TLS stood before it. It is read
// from stdin, so that its packages can lie elsewhere than this file.
import { randomBytes } from 'node:crypto'
import { Server } from 'node:net'
import { join } from 'node:path'
import { PDS, envToCfg, envToSecrets } from '@atproto/pds'
import directories from '@did-plc/server'

// Both would listen to the whole network, at a port they are told.
const listen = Server.prototype.listen
Server.prototype.listen = function (...how) {
  return listen.call(this, 0, '127.0.0.1', how.find((last) => typeof last === 'function'))
}
const address = (server) => `http://127.0.0.1:${server.address().port}`
const secret = (length) => randomBytes(length).toString('hex')

const directory = directories.PlcServer.create({ db: directories.Database.mock(), port: 0 })
const identities = address(await directory.start())
console.log(identities)

const data = process.env.FOLDER
const env = {
  devMode: true,
  port: 0,
  hostname: 'pds.test',
  dataDirectory: data,
  blobstoreDiskLocation: join(data, 'blobs'),
  blobstoreDiskTmpLocation: join(data, 'blobs-begun'),
  blobUploadLimit: 52428800,
  didPlcUrl: identities,
  serviceHandleDomains: ['.test'],
  inviteRequired: false,
  enableDidDocWithSession: true,
  disableSsrfProtection: true,
  rateLimitsEnabled: true,
  adminPassword: secret(8),
  jwtSecret: secret(16),
  dpopSecret: secret(32),
  plcRotationKeyK256PrivateKeyHex: secret(32),
}
const pds = await PDS.create(envToCfg(env), envToSecrets(env))
console.log(address(await pds.start()))
