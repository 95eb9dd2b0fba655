using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Kademlia.Sqlite;

/// <summary>What to do about a file that is damaged: a node that starts empty is given its records by others, one that does not start is not.</summary>
internal static class Damage
{
    /// <summary>The file and what SQLite keeps beside it.</summary>
    private static readonly string[] Parts = ["", "-wal", "-shm", "-journal"];

    /// <summary>Whether a failure to open a file means that its bytes are wrong, rather than that it cannot be used now.</summary>
    /// <remarks>SQLITE_ERROR is the answer to statements that suit no file of the version that its header names.</remarks>
    public static bool IsMeantBy(Exception exception) => exception is InvalidDataException
        or SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_FORMAT or raw.SQLITE_ERROR };

    /// <summary>Renames a file, over what was set aside before: whatever happens, there is one of them.</summary>
    /// <returns>The new name.</returns>
    public static string SetAside(string path)
    {
        string aside = $"{path}.damaged";
        foreach (string part in Parts)
        {
            File.Delete(aside + part);
            if (File.Exists(path + part))
            {
                File.Move(path + part, aside + part);
            }
        }

        return aside;
    }
}
