using Microsoft.Extensions.Logging;

namespace Kademlia.Sqlite;

/// <summary>How a <see cref="SqliteRecordStore"/> works.</summary>
public sealed class SqliteRecordStoreOptions
{
    /// <summary>How large the file may grow, in bytes, apart from its write-ahead log of some megabytes. Beyond it, writes fail.</summary>
    /// <value>The default is null: as large as the disk allows.</value>
    public long? MaxFileBytes { get; init; }

    /// <summary>Where the time comes from by which expired records are dropped when the file is opened.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the store says that it set a damaged file aside.</summary>
    /// <value>The default is nowhere; <see cref="SqliteRecordStore.SetAside"/> says it too.</value>
    public ILoggerFactory? LoggerFactory { get; init; }
}
