import { access, constants, mkdir, readFile, realpath, statfs } from 'node:fs/promises';
import { NinesError, messageOf } from '../errors.ts';

// Magic numbers of statfs(2), linux/magic.h.
const NETWORK = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
]);
const FUSE = 0x65735546;
const REMOTE_FUSE =
  /^fuse\.(sshfs|s3fs|gcsfuse|goofys|mount-s3|rclone|glusterfs|ceph|davfs|curlftpfs|blobfuse|juicefs|mfs|moosefs|lizardfs|seaweedfs|smbnetfs)/;

const mountType = (path: string, mounts: string): string => {
  let found = { point: '', type: '' };
  for (const line of mounts.split('\n')) {
    const [left, right] = line.split(' - ');
    const point = (left?.split(' ')[4] ?? '').replaceAll(String.raw`\040`, ' ');
    const holds = point === '/' || path === point || path.startsWith(`${point}/`);
    if (point !== '' && holds && point.length >= found.point.length)
      found = { point, type: right?.split(' ')[0] ?? '' };
  }
  return found.type;
};

/**
 * The name of the network file system that `path` lies on, or null. `type` is from statfs, `mounts` is the text of
 * /proc/self/mountinfo (proc(5)): FUSE itself does not tell whether it is remote.
 */
export const networkFileSystem = (type: number, path: string, mounts: string): string | null => {
  const known = NETWORK.get(type >>> 0);
  if (known !== undefined) return known;
  if (type >>> 0 !== FUSE) return null;
  const kind = mountType(path, mounts);
  return REMOTE_FUSE.test(kind) ? kind : null;
};

// What the live files may grow by while a copy lies beside them.
const SPARE = 64 * 1024 * 1024;

/** A copy must not take the room that pages need. Throws `data_full`. */
export const needRoom = async (dir: string, bytes: number): Promise<void> => {
  const { bavail, bsize } = await statfs(dir);
  const missing = bytes + SPARE - bavail * bsize;
  if (missing > 0)
    throw new NinesError(
      'data_full',
      `${dir} has no room for a copy: free ${Math.ceil(missing / 1024 ** 2)} MB more; what Nines writes needs the rest.`,
    );
};

/** Makes the directory and sees that a database can live there. Throws NinesError. */
export const preparePlace = async (dir: string): Promise<void> => {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await access(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new NinesError(
      'store_unavailable',
      `The data directory ${dir} cannot be written (${messageOf(error)}): give this user write access, or name another with --data.`,
      { cause: error },
    );
  }
  const { type } = await statfs(dir);
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const network = networkFileSystem(type, await realpath(dir), mounts);
  if (network !== null)
    throw new NinesError(
      'data_on_network_file_system',
      `The data directory ${dir} is on a network file system (${network}), where a database can be damaged: name a local one with --data.`,
    );
};
