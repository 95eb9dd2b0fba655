using System.Globalization;
using Kademlia.Sqlite.Kills;

const string Usage = """
    usage: Kademlia.Sqlite.Kills ROUNDS
           starts a node with a store, has it put records, kills it, and looks whether it holds, and goes on publishing, all that it
           acknowledged: so many times
    exit code: 0 when nothing is missing, 1 when something is, 2 when the command line is wrong
    """;

switch (args)
{
    case ["victim", string folder]:
        await Victim.RunAsync(folder);
        return 0;
    case [string text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rounds):
        return await KillRun.RunInTemporaryFolderAsync(rounds, Console.Out) ? 0 : 1;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
