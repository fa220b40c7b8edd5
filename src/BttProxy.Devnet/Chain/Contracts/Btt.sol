// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The devnet's BTT: it behaves as the token on the main network does. All of it belongs to the deployer at first; transfers revert
/// on failure and return true, nobody owns, pauses or mints, and an allowance of 2^256 - 1 is not used up.
contract Btt {
    string public constant name = "BitTorrent (devnet)";
    string public constant symbol = "BTT";
    uint8 public constant decimals = 18;
    uint256 public constant totalSupply = 990_000_000_000_000 ether;

    mapping(address owner => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    constructor() {
        balanceOf[msg.sender] = totalSupply;
        emit Transfer(address(0), msg.sender, totalSupply);
    }

    function transfer(address to, uint256 value) external returns (bool) {
        _move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed != type(uint256).max) allowance[from][msg.sender] = allowed - value;
        _move(from, to, value);
        return true;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }

    function _move(address from, address to, uint256 value) private {
        balanceOf[from] -= value;
        unchecked {
            balanceOf[to] += value;
        }
        emit Transfer(from, to, value);
    }
}
