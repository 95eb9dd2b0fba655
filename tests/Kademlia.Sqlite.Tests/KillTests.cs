using Kademlia.Sqlite.Kills;
using Kademlia.Tests.Identity;
using Kademlia.Tests.Node;

namespace Kademlia.Sqlite.Tests;

/// <summary>A few of the kills of which <c>dotnet run -c Release --project tests/Kademlia.Sqlite.Kills -- 1000</c> does a thousand.</summary>
public sealed class KillTests
{
    private const int Rounds = 10;

    [Fact(Timeout = 5 * Loopback.Patience)]
    public async Task A_node_that_is_killed_under_load_starts_again_with_all_that_it_acknowledged()
    {
        using TemporaryFolder folder = new();
        KillRun run = new(folder.Path);
        for (int round = 1; round <= Rounds; round++)
        {
            Assert.Null(await run.RunRoundAsync(StoreFolder.Token));
        }

        Assert.InRange(run.Puts, Rounds, long.MaxValue);
    }
}
