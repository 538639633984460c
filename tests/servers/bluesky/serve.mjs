// Bluesky's own PLC directory and PDS, as @atproto/dev-env runs them, on loopback only, until standard input ends.
// The one argument is where the PDS finds its AppView; one line of JSON on standard output says where both stand.
import net from 'node:net'

const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...given) {
  // dev-env names a port and no host, which would be every interface.
  return typeof given[0] === 'number' && typeof given[1] !== 'string'
    ? listen.call(this, given[0], '127.0.0.1', ...given.slice(1))
    : listen.apply(this, given)
}

// By file, because the package itself would load the AppView and Ozone, which want databases.
const { TestPlc } = await import('./node_modules/@atproto/dev-env/dist/plc.js')
const { TestPds } = await import('./node_modules/@atproto/dev-env/dist/pds.js')

const plc = await TestPlc.create({})
const pds = await TestPds.create({
  didPlcUrl: plc.url,
  bskyAppViewUrl: process.argv[2],
  bskyAppViewDid: 'did:web:appview.test',
})
process.stdout.write(JSON.stringify({ plc: plc.port, pds: pds.port }) + '\n')

for await (const _ of process.stdin);
await pds.close()
await plc.close()
process.exit(0)
