using Kademlia.Loopback;

const int DefaultMegabytes = 256;
const string Usage = """
    usage: Kademlia.Loopback node [--seconds S] [--rounds N] [--window N] [--peers N]
                                  find_node served by a node, beside an echo of the same sizes
           Kademlia.Loopback records    puts and gets among 100 nodes
           Kademlia.Loopback memory     what a table, an idle node and many records take
           Kademlia.Loopback store      stores that are acknowledged when they are on the disk
           Kademlia.Loopback streams [MIB]
                                  streams, and content of 256 or so many MiB, beside a bare SslStream
    exit code: 0 when every goal is reached, 1 when a figure falls short, 2 when the command line is wrong
    """;

try
{
    bool reached = args switch
    {
        ["node", .. string[] options] => await NodeCommand.RunAsync(LoadSettings.Parse(options), Console.Out),
        ["records"] => await RecordsCommand.RunAsync(Console.Out),
        ["store"] => await StoreCommand.RunAsync(Console.Out),
        ["streams"] => await StreamsCommand.RunAsync(Console.Out, DefaultMegabytes),
        ["streams", string megabytes] when int.TryParse(megabytes, out int count) && count > 0 => await StreamsCommand.RunAsync(Console.Out, count),
        ["memory"] => await MemoryCommand.RunAsync(Console.Out),
        _ => throw new FormatException("Say what to measure."),
    };
    return reached ? 0 : 1;
}
catch (FormatException exception)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine(Usage);
    return 2;
}
