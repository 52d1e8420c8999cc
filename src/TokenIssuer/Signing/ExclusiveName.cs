using System.Runtime.InteropServices;

namespace TokenIssuer.Signing;

/// <summary>
/// Gives a finished file its name in one step, and only if nothing has that name. <see cref="File.Move(string, string, bool)"/>
/// won't do on Unix: it looks first and then renames, so that of two who create one name at once both succeed, and the
/// first goes on with a key that no file holds any more.
/// </summary>
internal static class ExclusiveName
{
    /// <summary>EEXIST, the same number on every Unix.</summary>
    private const int AlreadyExists = 17;

    /// <returns>False when the name is taken. The draft may be left under its old name as well.</returns>
    public static bool TryGive(string draft, string name)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (Link(draft, name) == 0)
            {
                return true;
            }

            if (Marshal.GetLastPInvokeError() == AlreadyExists)
            {
                return false;
            }
        }

        // Windows moves exclusively; a file system without hard links has nothing better to offer.
        try
        {
            File.Move(draft, name, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(name))
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
