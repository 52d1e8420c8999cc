using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace TokenIssuer.Sqlite;

/// <summary>
/// Tells files apart that had the same path one after the other. On Linux .NET knows no time of birth and gives one that moves
/// with every write, so the kernel is asked: inode and birth together, because an inode is soon given to the next file.
/// </summary>
internal static class FileIdentity
{
    // struct statx of the kernel's interface: 256 bytes, the same on every architecture.
    private const int StatxSize = 256;
    private const int InodeOffset = 32;
    private const int BirthSecondsOffset = 80;
    private const int BirthNanosecondsOffset = 88;
    private const int CurrentFolder = -100;
    private const uint InodeAndBirth = 0x100 | 0x800;

    /// <returns>0 when there is no such file.</returns>
    public static long Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.GetCreationTimeUtc(path).Ticks;
        }

        var stat = new byte[StatxSize];
        if (StatX(CurrentFolder, Encoding.UTF8.GetBytes(path + '\0'), 0, InodeAndBirth, stat) != 0)
        {
            return 0;
        }

        return HashCode.Combine(
            BinaryPrimitives.ReadUInt64LittleEndian(stat.AsSpan(InodeOffset)),
            BinaryPrimitives.ReadUInt64LittleEndian(stat.AsSpan(BirthSecondsOffset)),
            BinaryPrimitives.ReadUInt32LittleEndian(stat.AsSpan(BirthNanosecondsOffset)));
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(int folder, byte[] path, int flags, uint mask, byte[] stat);
}
