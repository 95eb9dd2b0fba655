using Kademlia.Loopback;

LoadSettings settings;
try
{
    settings = LoadSettings.Parse(args);
}
catch (FormatException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

await using EchoContender echo = new(settings.Request, settings.Reply);
Comparison.Run([echo], settings, Console.Out);
return 0;
